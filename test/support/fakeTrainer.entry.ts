/**
 * A trainer process that does what a script says. The script is the JSON of `TrainerStep`s, given where the order has a
 * name of its own: `order.name`, `name` or `toFolder`. It ends after a script whose last step is to send something. A list
 * of scripts instead is for the runs of a learning curve: on all data, on a quarter and on half.
 */
import * as fs from 'node:fs';
import { toTrainer } from '../../src/finetune/job/messageShapes';
import type { ToTrainer } from '../../src/finetune/job/messages';
import type { TrainerStep } from './fakeTrainer';

const heard: string[] = [];
let onHeard = () => undefined as unknown;

process.on('message', (value: unknown) => {
	if (!toTrainer(value)) {
		throw new TypeError(`not a message to a trainer: ${JSON.stringify(value)}`);
	}
	heard.push(value.type === 'yield' ? `yield ${value.busy}` : value.type);
	const script = scriptOf(value);
	if (script !== undefined) {
		void play(partOf(JSON.parse(script), value));
	}
	onHeard();
});
process.on('disconnect', () => process.exit(0));

function scriptOf(message: ToTrainer): string | undefined {
	switch (message.type) {
		case 'start':
			return message.order.name;
		case 'import':
			return message.name;
		case 'export':
			return message.toFolder;
		default:
			return undefined;
	}
}

/** By the share of the data. */
function partOf(
	script: readonly TrainerStep[] | readonly (readonly TrainerStep[])[],
	message: ToTrainer,
): readonly TrainerStep[] {
	if (!isScripts(script)) {
		return script;
	}
	const share = message.type === 'start' ? message.order.share : undefined;
	return (share === undefined ? script[0] : script[share * 4]) ?? [];
}

function isScripts(
	script: readonly TrainerStep[] | readonly (readonly TrainerStep[])[],
): script is readonly (readonly TrainerStep[])[] {
	return Array.isArray(script[0]);
}

async function play(steps: readonly TrainerStep[]): Promise<void> {
	for (const step of steps) {
		await playOne(step);
	}
	if (steps.at(-1)?.do === 'send') {
		process.exit(0);
	}
}

async function playOne(step: TrainerStep): Promise<void> {
	switch (step.do) {
		case 'send':
			return send(step.message);
		case 'flood': {
			for (let index = 1; index <= step.count; index++) {
				await send(JSON.parse(JSON.stringify(step.message).replace('"step":0,', `"step":${index},`)));
			}
			return;
		}
		case 'hear':
			while (!heard.includes(step.type)) {
				await new Promise((resolve) => {
					onHeard = () => resolve(undefined);
				});
			}
			heard.splice(0, heard.indexOf(step.type) + 1);
			return;
		case 'print':
			return new Promise((resolve) => process.stderr.write(step.text, () => resolve()));
		case 'rest':
			return new Promise((resolve) => setTimeout(resolve, step.milliseconds));
		case 'signal':
			process.kill(process.pid, step.signal);
			return new Promise(() => undefined);
		case 'block':
			// Nothing gets through to a process whose only thread sleeps, as in a call that never returns.
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
			return;
		case 'deaf':
			process.removeAllListeners('disconnect');
			setInterval(() => undefined, 60_000);
			return new Promise(() => undefined);
		case 'checkpoint-when-alone':
			process.removeAllListeners('disconnect');
			process.on('disconnect', () => {
				fs.writeFileSync(step.file, 'weights');
				process.exit(0);
			});
			return;
		case 'throw':
			throw new TypeError(step.message);
		case 'exit':
			process.exit(step.code);
	}
}

function send(message: unknown): Promise<void> {
	return new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
}
