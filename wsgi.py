"""The WSGI application, for a server to load: `granian --interface wsgi wsgi:application`."""

from compliance.app import create_app
from compliance.kernel.logs import start_logging
from compliance.kernel.settings import Settings

start_logging()
application = create_app(Settings.from_environment())
