"""The code that the Python functions share. They read each photo of a batch from S3 and store its thumbnails."""
import json, urllib.parse

import boto3

s3 = boto3.client("s3")


def handler_with(thumbnail):
    """Returns a handler that stores `thumbnail(original, side)`, a WebP of at most `side` pixels across and down."""

    def handler(event, _context):
        for message in event["Records"]:
            for record in json.loads(message["body"])["Records"]:
                bucket, key = record["s3"]["bucket"]["name"], urllib.parse.unquote_plus(record["s3"]["object"]["key"])
                original = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
                for name, side in (("small", 128), ("medium", 512), ("large", 1280)):
                    body = thumbnail(original, side)
                    s3.put_object(Bucket="thumbnails", Key=f"{key}/{name}.webp", Body=body, ContentType="image/webp")
        return {"batchItemFailures": []}

    return handler
