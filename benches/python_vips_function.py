"""A thumbnail function in Python with boto3 and libvips, which shrinks a JPEG while it decodes it."""
import json, urllib.parse

import boto3
import pyvips

s3 = boto3.client("s3")


def handler(event, _context):
    for message in event["Records"]:
        for record in json.loads(message["body"])["Records"]:
            bucket, key = record["s3"]["bucket"]["name"], urllib.parse.unquote_plus(record["s3"]["object"]["key"])
            original = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            for name, side in (("small", 128), ("medium", 512), ("large", 1280)):
                image = pyvips.Image.thumbnail_buffer(original, side, height=side, size="down")
                out = image.webpsave_buffer(Q=80, strip=True)
                s3.put_object(Bucket="thumbnails", Key=f"{key}/{name}.webp", Body=out, ContentType="image/webp")
    return {"batchItemFailures": []}
