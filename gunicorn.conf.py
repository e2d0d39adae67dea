"""How `gunicorn directory_site.wsgi` runs here: gunicorn reads this file by itself; its options still win over it."""

workers = 2
control_socket_disable = True


def post_worker_init(worker) -> None:
    """After the fork and before the first visitor."""
    from directory_site.warming import warm_up

    warm_up()
