"""What is loaded when: heavy libraries wait for their first use."""

import subprocess
import sys

HEAVY = ("onnxruntime", "tokenizers", "openai", "neo4j", "tqdm", "phonenumbers", "stdnum")


def test_django_starts_without_the_heavy_libraries() -> None:
    code = (
        "import django, sys; django.setup(); from memoryhub import urls, celery; import memories.tasks;"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
