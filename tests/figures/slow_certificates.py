"""The product's door with a certificate engine that hangs: each print takes ten seconds."""

import time

from sucharit.wsgi import application as application

# isort: split
# Models can be imported only once the line above has set the apps up.
from sucharit.records import certificates

SECONDS = 10
_print = certificates.render_pdf


def _hang(face: certificates.Face) -> bytes:
    time.sleep(SECONDS)
    return _print(face)


certificates.render_pdf = _hang
