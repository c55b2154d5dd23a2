/**
 * Where the time of one LoRA step goes, by operation: `node out/test/bench/finetune-profile.entry.mjs [NAME=VALUE…]`,
 * with base, copies, repack, keepIn, products, checkpointing, threads, length, passes, lines.
 */
import * as os from 'node:os';
import { nodeTable, timeNodes } from './finetune-nodes';
import { HALF_BILLION, loraRig, RANK } from './finetune-rig';
import { describe, type Setting } from './finetune-setting';
import { median } from './harness';
import { never } from './models';

const given = new Map(
	process.argv.slice(2).map((word): [string, string] => {
		const [name = '', value = ''] = word.split('=');
		return [name, value];
	}),
);
const choose = <T extends string>(name: string, values: readonly [T, ...T[]]): T =>
	values.find((value) => value === given.get(name)) ?? values[0];
const number = (name: string, usual: number) => Number(given.get(name) ?? usual);

const setting: Setting = {
	base: choose('base', ['Q8_0', 'Q4_0', 'Q4_K_M', 'F32']),
	copies: given.get('copies') ?? 'Q8_0',
	repack: given.get('repack') === '1',
	keepIn: choose('keepIn', ['F32', 'BF16']),
	products: choose('products', ['F32', 'F16', 'BF16']),
	checkpointing: given.get('checkpointing') === '1',
};
const threads = number('threads', os.availableParallelism());
const length = number('length', 512);

const { rig, batch } = loraRig(setting, threads, length);
const steps: number[] = [];
const updates: number[] = [];
for (let step = 0; step < 4; step++) {
	const start = performance.now();
	await rig.step.run(batch, length, never());
	const middle = performance.now();
	rig.optimizer.update(1e-4, rig.optimizer.gradientNorm());
	steps.push(middle - start);
	updates.push(performance.now() - middle);
}
const whole = median(steps.slice(1)) ?? 0;
const update = median(updates.slice(1)) ?? 0;
const kinds = timeNodes(
	rig.step.graph,
	{ vocabulary: HALF_BILLION.vocabulary, rank: RANK },
	number('passes', 2),
);
const alone = kinds.reduce((total, kind) => total + kind.milliseconds, 0);

console.log(`${describe(setting)}; ${threads} threads, length ${length}`);
console.log(
	`whole step ${whole.toFixed(0)} ms + update ${update.toFixed(0)} ms: ${((length / (whole + update)) * 1000).toFixed(1)} tokens/s; ` +
		`nodes one by one ${alone.toFixed(0)} ms; ${rig.step.graph.nodes} nodes; weights ${mega(rig.base.bytes)}, activations ${mega(rig.step.activationBytes)}`,
);
console.log([...rig.base.layout].map(([where, count]) => `${count} ${where}`).join(', '));
for (const line of nodeTable(kinds, number('lines', 45))) {
	console.log(line);
}

function mega(bytes: number): string {
	return `${(bytes / 1e6).toFixed(0)} MB`;
}
