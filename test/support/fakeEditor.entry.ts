/** An editor with a run that a test kills: argument 1 is its folder, argument 2 the trainer's script. */
import { TestRuns, until } from './fakeTrainer';

const runs = new TestRuns(process.argv[2]);
const run = await runs.start(JSON.parse(process.argv[3] ?? '[]'));
await until(run, ({ progress }) => progress !== undefined);
process.stdout.write(`${run.view.id}\n`);
