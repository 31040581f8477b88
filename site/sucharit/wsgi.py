"""The door that the production server opens. It stays shut where the installation would be unsafe."""

import os

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# Models can be imported only once the line above has set the apps up.
from sucharit.home.work import WORK_HERE, start_beside_the_server  # noqa: E402
from sucharit.officers.startup import refuse_unsafe  # noqa: E402

refuse_unsafe()

if os.environ.get(WORK_HERE):
    start_beside_the_server()
