"""The options of every web server of the site; gunicorn reads them by itself where it is started in this folder.

script/server and bench/ start it here too. docs/running.md, "Processes", "Limits" and "Waits", says what they mean.
"""

from cpch import waits

workers = 2
threads = 8
worker_class = "cpch.web_worker.WebWorker"
# A worker takes no connection that it has no thread for: it stays in the queue that both workers take from.
worker_connections = threads
keepalive = 0
preload_app = True
loglevel = "warning"
timeout = waits.WORKER_SECONDS
limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
