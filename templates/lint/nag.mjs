// Runs cdk-nag's AwsSolutions pack over merged templates: node nag.mjs FOLDER
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { App, Aspects, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';

const folder = process.argv[2];
let found = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const app = new App({ outdir: join(tmpdir(), `nag-${process.pid}`), analyticsReporting: false });
  const stack = new Stack(app, 'stack');
  new CfnInclude(stack, 'template', { templateFile: join(folder, file), preserveLogicalIds: true });
  Aspects.of(app).add(new AwsSolutionsChecks({ verbose: true, reports: false }));
  const annotations = Annotations.fromStack(stack);
  const findings = [
    ...annotations.findError('*', Match.anyValue()),
    ...annotations.findWarning('*', Match.anyValue()),
  ];
  for (const { id, level, entry } of findings) {
    console.error(`${file}: ${level} ${id}: ${entry.data}`);
  }
  found += findings.length;
}
console.log(`cdk-nag: ${found} findings`);
process.exitCode = found ? 1 : 0;
