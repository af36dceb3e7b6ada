// A thumbnail function as a team would write it in Node.js with sharp and the AWS SDK: three WebP for each photo.
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import sharp from "sharp";

const s3 = new S3Client({ forcePathStyle: true });
const sides = { small: 128, medium: 512, large: 1280 };

async function handler(event) {
  for (const message of event.Records) {
    for (const record of JSON.parse(message.body).Records) {
      const Bucket = record.s3.bucket.name;
      const Key = decodeURIComponent(record.s3.object.key.replaceAll("+", " "));
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const original = await Body.transformToByteArray();
      await Promise.all(
        Object.entries(sides).map(async ([name, side]) => {
          const options = { fit: "inside", withoutEnlargement: true };
          const thumbnail = await sharp(original).rotate().resize(side, side, options).webp({ quality: 80 }).toBuffer();
          const put = { Bucket: "thumbnails", Key: `${Key}/${name}.webp`, Body: thumbnail, ContentType: "image/webp" };
          await s3.send(new PutObjectCommand(put));
        }),
      );
    }
  }
  return { batchItemFailures: [] };
}

// The loop of the managed runtime of Lambda, which is a program of AWS.
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
for (;;) {
  const next = await fetch(`${api}/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  let [path, answer] = ["response", {}];
  try {
    answer = await handler(await next.json());
  } catch (error) {
    [path, answer] = ["error", { errorMessage: String(error) }];
  }
  await (await fetch(`${api}/${id}/${path}`, { method: "POST", body: JSON.stringify(answer) })).arrayBuffer();
}
