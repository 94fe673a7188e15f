"""The WSGI application, for a server to load: `granian --interface wsgi wsgi:application`."""

from compliance.app import create_app
from compliance.kernel.settings import Settings

application = create_app(Settings.from_environment())
