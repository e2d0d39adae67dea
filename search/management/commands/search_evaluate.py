"""manage.py search_evaluate JUDGEMENTS.jsonl: how well the search answers judged queries."""

import json
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search import finder, vocabulary
from search.engine import Engine, EngineError
from search.management.engine_option import add_engine_option, chosen_engines
from search.relevance.judgements import JUDGED_AT, Judgement, Judgements, read
from search.relevance.runner import Report, Score, evaluate


class Command(BaseCommand):
    help = "Score the search against judged queries: nDCG@10, success@3, MRR, recall@50, per language and overall."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("judgements", type=Path, metavar="JUDGEMENTS.jsonl")
        add_engine_option(parser)
        parser.add_argument("--json", action="store_true", help="everything as JSON, with each query's score")
        parser.add_argument("--worst", type=int, default=0, metavar="N", help="also show the N worst queries")

    def handle(self, *args, engine: str, **options) -> None:
        judged = self._read(options["judgements"])
        reports = {}
        for chosen in chosen_engines(engine):
            try:
                reports[chosen.name] = evaluate(judged.taken, _searcher(chosen))
            except EngineError as error:
                raise CommandError(f"{chosen.name}: {error}") from error
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "engines": {name: report.as_json() for name, report in reports.items()},
                        "refused": [{"line": line, "reason": reason} for line, reason in judged.refused],
                    },
                    ensure_ascii=False,
                    indent=2,
                )
            )
            return
        for name, report in reports.items():
            self._tell(name, report, options["worst"])

    def _read(self, path: Path) -> Judgements:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise CommandError(f"{path}: not UTF-8") from None
        languages = [code for code, _name in settings.LANGUAGES]
        judged = read(text.splitlines(), vocabulary=vocabulary.current(), languages=languages)
        for line, reason in judged.refused:
            self.stderr.write(f"refused: {path.name}, line {line}: {reason}")
        if not judged.taken:
            raise CommandError(f"{path}: no judgement could be read")
        return judged

    def _tell(self, name: str, report: Report, worst: int) -> None:
        self.stdout.write(f"{name}, {report.overall.queries} queries")
        self.stdout.write("")
        self.stdout.write(f"| {'':12} | queries | nDCG@10 | success@3 |   MRR | recall@50 |")
        self.stdout.write(f"|{'-' * 14}|--------:|--------:|----------:|------:|----------:|")
        groups: list[tuple[str, Score]] = [
            *report.languages.items(),
            *report.kinds.items(),
            *report.hold_out.items(),
            ("overall", report.overall),
        ]
        for group, score in groups:
            self.stdout.write(
                f"| {group:12} | {score.queries:7} | {score.ndcg_10:7.3f} | {score.success_3:9.3f} "
                f"| {score.mrr:5.3f} | {score.recall_50:9.3f} |"
            )
        for query in sorted(report.queries, key=lambda one: one.ndcg_10)[: max(0, worst)]:
            missed = f"; missed {', '.join(query.missed)}" if query.missed else ""
            self.stdout.write(
                f"  {query.ndcg_10:.3f}  line {query.line} [{query.lang}] {query.query}{missed}"
            )
        for identifier, lines in report.unknown_ids.items():
            self.stderr.write(f"unknown to the catalogue: {identifier} (line {', '.join(map(str, lines))})")


def _searcher(engine: Engine):
    """Raises CommandError when another engine answered in this one's place: its numbers would bear the wrong name."""

    def search(judgement: Judgement) -> Sequence[str]:
        found = finder.find(judgement.request, strict=False, engine=engine, now=JUDGED_AT)
        if found.degraded:
            raise CommandError(
                f"{engine.name} did not answer line {judgement.line}, another engine did: nothing is scored"
            )
        return [hit.uuid for hit in found.result.hits]

    return search
