"""The door that the production server opens. It stays shut where the installation would be unsafe."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

# Models can be imported only once the line above has set the apps up.
from sucharit.officers.startup import refuse_unsafe  # noqa: E402

refuse_unsafe()
