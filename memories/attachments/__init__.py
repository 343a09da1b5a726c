"""Images and documents that come with messages: found in a call, told apart by content, turned into text."""
