"""Limits as the unmodified `mem0ai` meets them, counted over all web processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from mem0 import MemoryClient
from mem0.exceptions import MemoryQuotaExceededError, RateLimitError

from tests.product.running import running


def test_the_client_raises_its_own_errors_and_no_process_lets_one_call_more_pass(tmp_path: Path) -> None:
    with running(tmp_path / "data", RATE_LIMIT_PER_KEY="40/day", QUOTA_MEMORIES_PER_PROJECT="1") as product:
        client = MemoryClient(api_key=product.api_key, host=product.url)
        client.add("I keep bees.", user_id="ann", infer=False)
        with pytest.raises(MemoryQuotaExceededError, match="may hold 1 memories"):
            client.add("I sing.", user_id="ann", infer=False)

        def ping(_number: int) -> int:
            # A connection of its own for each, so that all processes get some.
            headers = {"Authorization": f"Token {product.api_key}", "Connection": "close"}
            return httpx.get(f"{product.url}/v1/ping/", headers=headers, timeout=30).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(ping, range(60)))
        assert statuses.count(200) == 40 - 3
        assert statuses.count(429) == 60 - 37

        with pytest.raises(RateLimitError) as caught:
            client.users()
        assert caught.value.debug_info["retry_after"] > 0
        assert caught.value.debug_info["x_ratelimit_limit"] == "40"
        assert caught.value.debug_info["x_ratelimit_remaining"] == "0"
        assert httpx.get(f"{product.url}/health/ready/").status_code == 200
        client.client.close()
