/** The scripts, launchers and pages of the folder: templates that are filled in. */

import { batchFor, machinesFor } from './batch';
import type { ExportFacts } from './facts';
import { memoryTable } from './memory';
import job from './templates/job.yaml';
import readme from './templates/README.md';
import rayTrain from './templates/ray_train.py';
import requirements from './templates/requirements.txt';
import sky from './templates/sky.yaml';
import slurm from './templates/slurm.sbatch';
import torchrun from './templates/torchrun.sh';
import train from './templates/train.py';
import trainJob from './templates/trainjob.yaml';
import type { TextFile } from './textFile';

export function launchFiles(facts: ExportFacts): readonly TextFile[] {
	const { nodes, perNode } = machinesFor(facts.gpus);
	const places = { slug: facts.slug, gpus: facts.gpus, nodes, perNode };
	const launcher = (name: string, template: string, isScript = false): TextFile => ({
		path: `launch/${name}`,
		content: filled(template, places),
		isScript,
	});
	return [
		{ path: 'README.md', content: filled(readme, readmePlaces(facts)) },
		{ path: 'requirements.txt', content: requirements },
		{ path: 'train.py', content: train },
		launcher('torchrun.sh', torchrun, true),
		launcher('slurm.sbatch', slurm),
		launcher('ray_train.py', rayTrain),
		launcher('sky.yaml', sky),
		launcher('trainjob.yaml', trainJob),
		launcher('job.yaml', job),
	];
}

/** @throws Error naming a place that nothing is known for: the template and its data do not belong together. */
export function filled(template: string, places: Readonly<Record<string, string | number>>): string {
	return template.replace(/FILL_(\w+)/g, (_, name: string) => {
		const value = places[name];
		if (value === undefined) {
			throw new Error(`A template has the place "${name}", which nothing fills.`);
		}
		return String(value);
	});
}

function readmePlaces(facts: ExportFacts): Readonly<Record<string, string | number>> {
	const { base, adapter, settings, data } = facts;
	const { train: trained, valid, test } = data.counts;
	return {
		title: oneLine(facts.name),
		version: facts.version,
		created: facts.created,
		slug: facts.slug,
		hub: oneLine(base.hub),
		architecture: oneLine(base.architecture),
		parameters: grouped(base.parameters),
		file: oneLine(base.file),
		quantisation: oneLine(base.quantisation),
		fingerprint: base.fingerprint,
		rank: settings.rank,
		alpha: settings.alpha,
		trained: grouped(adapter.parameters),
		modules: adapter.modules.join(', '),
		trainSamples: grouped(trained.samples),
		trainTokens: grouped(trained.tokens),
		learned: grouped(trained.learned),
		validSamples: grouped(valid.samples),
		testSamples: grouped(test.samples),
		sequences: facts.sequences,
		learningRate: settings.learningRate,
		steps: grouped(facts.steps),
		gpus: facts.gpus === 1 ? '1 GPU' : `${facts.gpus} GPUs`,
		memory: memoryTable(base.parameters, adapter.parameters, facts.gpus, facts.activations),
		batches: batchTable(facts),
		ending: `${grouped(trained.ending)} of ${grouped(trained.samples)}`,
		chatRow:
			data.chat.train === 0
				? ''
				: '| `data/chat/*.jsonl` | conversations | LLaMA-Factory (`familiar_chat_train`), TRL, axolotl, mlx-lm |\n',
		notes: notesOf(facts)
			.map((note) => `\n\n${note}`)
			.join(''),
	};
}

/** What of the recipe some trainers cannot be told. */
function notesOf({ settings, adapter }: ExportFacts): readonly string[] {
	return [
		...(settings.learningRateRatioB === 1
			? []
			: [
					`The editor trains B at ${settings.learningRateRatioB} times the learning rate of A (LoRA+). Of the trainers here only axolotl is told so.`,
				]),
		...(adapter.layers === undefined
			? []
			: [
					`Only the last ${adapter.layers.length} layers get an adapter. TRL and LLaMA-Factory are not told so, and train all.`,
				]),
	];
}

function batchTable({ gpus, sequences }: ExportFacts): string {
	const counts = [...new Set([1, 2, 4, 8, 16, gpus])].sort((one, other) => one - other);
	const rows = counts.map((count) => {
		const { perDevice, accumulation, effective } = batchFor(sequences, count);
		const odd = effective === sequences ? '' : ' (not the same: the GPUs cannot share them evenly)';
		return `| ${count} | ${perDevice} | ${accumulation} | ${effective}${odd} |`;
	});
	return [
		'| GPUs | sequences at once | accumulated | a step |',
		'| ---: | ---: | ---: | --- |',
		...rows,
	].join('\n');
}

function grouped(value: number): string {
	return value.toLocaleString('en');
}

/** Names come from files and from the user: none may end a table or begin something else. */
function oneLine(text: string): string {
	return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s|`<>[\]\\]+/gu, ' ').trim();
}
