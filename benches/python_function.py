"""A typical thumbnail function in Python with boto3 and Pillow, for the comparison with ours."""
import io, json, urllib.parse

import boto3
from PIL import Image

s3 = boto3.client("s3")


def handler(event, _context):
    for message in event["Records"]:
        for record in json.loads(message["body"])["Records"]:
            bucket, key = record["s3"]["bucket"]["name"], urllib.parse.unquote_plus(record["s3"]["object"]["key"])
            original = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            for name, side in (("small", 128), ("medium", 512), ("large", 1280)):
                image = Image.open(io.BytesIO(original))
                image.thumbnail((side, side))
                out = io.BytesIO()
                image.convert("RGB").save(out, "WEBP", quality=80)
                s3.put_object(Bucket="thumbnails", Key=f"{key}/{name}.webp", Body=out.getvalue(), ContentType="image/webp")
    return {"batchItemFailures": []}
