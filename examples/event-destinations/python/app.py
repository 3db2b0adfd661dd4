"""Sends the record of each outcome to a queue: one for success, one for failure."""


def handler(event, context):
    print(f"{context.function_name} got {event}")
    require_success(event)
    return {"requestId": context.aws_request_id}


def require_success(event):
    if event.get("Success") is not True:
        raise ValueError(f"The event asked for a failure: {event}")
