"""The options of gunicorn, which reads this file if it is started in this folder.

script/server and bench/ do the same. docs/running.md explains them under "Processes", "Limits" and "Waits".
"""

from cpch import waits

workers = 2
threads = 8
worker_class = "cpch.web_worker.WebWorker"
# A worker accepts no connection without a free thread: it stays in the queue that all workers share.
worker_connections = threads
keepalive = 0
preload_app = True
loglevel = "warning"
timeout = waits.WORKER_SECONDS
limit_request_line = 4094
limit_request_fields = 100
limit_request_field_size = 8190
