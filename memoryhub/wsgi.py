"""The WSGI entry point. WSGI, not ASGI: see "Serve WSGI" in docs/architecture.md."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memoryhub.settings")

application = get_wsgi_application()

# After the application, because the apps must be ready.
from memories.providers import warm_up  # noqa: E402

warm_up()
