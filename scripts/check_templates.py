"""Compiles every template of the project, so that an error in one shows here and not on a page.

Found: wrong syntax, a missing tag library, and a literal {% extends "…" %} or {% include "…" %} of no template.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = {".html", ".txt", ".xml", ".svg"}


def project_templates(directories: list[str | Path]) -> list[tuple[Path, str]]:
    """(file, name as Django knows it) of each template in the project's own folders, not in installed packages."""
    found = []
    for directory in map(Path, directories):
        if not directory.is_relative_to(ROOT) or ".venv" in directory.parts:
            continue
        for file in sorted(directory.rglob("*")):
            if file.is_file() and file.suffix in SUFFIXES:
                found.append((file, file.relative_to(directory).as_posix()))
    return found


def main() -> int:
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory_site.settings.test")
    import django
    from django.forms.renderers import get_default_renderer
    from django.template import Origin, Template, TemplateDoesNotExist, TemplateSyntaxError, engines
    from django.template.loader_tags import ExtendsNode, IncludeNode
    from django.template.utils import get_app_template_dirs

    django.setup()
    engine = engines["django"].engine
    widgets = (
        get_default_renderer().engine.engine
    )  # a widget's template may include those of Django's own widgets

    def must_exist(name: str) -> None:
        try:
            engine.find_template(name)
        except TemplateDoesNotExist:
            widgets.find_template(name)

    broken = 0
    templates = project_templates([*engine.dirs, *get_app_template_dirs("templates")])
    for file, name in templates:
        try:
            source = file.read_text(encoding="utf-8")
            compiled = Template(source, origin=Origin(str(file), name), engine=engine)
            for node in compiled.nodelist.get_nodes_by_type((ExtendsNode, IncludeNode)):
                named = (node.parent_name if isinstance(node, ExtendsNode) else node.template).var
                if isinstance(named, str):  # a variable is known only when the page is made
                    must_exist(named)
        except (TemplateSyntaxError, TemplateDoesNotExist, UnicodeDecodeError) as error:
            broken += 1
            print(f"{file.relative_to(ROOT)}: {type(error).__name__}: {error}", file=sys.stderr)
    print(f"templates: {len(templates)} compiled, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
