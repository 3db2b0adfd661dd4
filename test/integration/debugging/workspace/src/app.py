def handler(event, context):
    total = event["price"] * 2
    if event.get("fail"):
        raise ValueError("total %d" % total)
    return total
