"""The product's door with the certificate engine missing, as on a machine without Pango.

A hand-in then records the award and logs that its certificate waits: what the yardstick does too. The certificate is measured apart.
"""

import logging

from sucharit.wsgi import application as application

# isort: split
# Models can be imported only once the line above has set the apps up.
from sucharit.records import certificates

certificates._ENGINE = None
logging.getLogger("sucharit.records.certificates").setLevel(logging.ERROR)
