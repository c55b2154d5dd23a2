/** Which samples of a dataset go into which part of the exported set. */

import { createHash } from 'node:crypto';
import type { Dataset, Sample } from '../dataset/sample';
import type { Part } from './facts';
import type { OwnSample } from './order';

/** A sample with the name of its file. */
export interface NamedSample {
	readonly sample: Sample;
	/** `repository/path`. */
	readonly file: string;
}

export interface Parts {
	readonly samples: Readonly<Record<Part, readonly NamedSample[]>>;
	/** In words. */
	readonly rule: string;
}

export function partsOf(dataset: Dataset, test: readonly OwnSample[] | undefined): Parts {
	const { files, seed } = dataset.header;
	const named = (samples: readonly Sample[]) =>
		samples.map((sample) => ({ sample, file: files[sample.file] ?? 'unknown' }));
	const train = named(dataset.train);
	const heldOut = named(dataset.heldOut);
	if (test !== undefined && test.length > 0) {
		return {
			samples: { train, valid: heldOut, test: test.map(namedSample) },
			rule: `${ruleOf(dataset)}, files that resemble each other kept together (seed ${seed}); train: the rest`,
		};
	}
	const isTest = testFiles([...new Set(heldOut.map(({ file }) => file))], seed);
	return {
		samples: {
			train,
			valid: heldOut.filter(({ file }) => !isTest.has(file)),
			test: heldOut.filter(({ file }) => isTest.has(file)),
		},
		rule: `a tenth of the text is held out by file, by sha256 of seed and name; every second of those files is test, the others valid (seed ${seed})`,
	};
}

function ruleOf({ header }: Dataset): string {
	switch (header.test?.by) {
		case 'time':
			return 'test: what the newest commits added; valid: by sha256 of seed and name, a twentieth of the text';
		case 'folder':
			return 'no history, so whole folders by sha256 of seed and name; test: about a tenth of the text; valid: files, a twentieth';
		case 'seed':
			return 'no history, so by sha256 of seed and name; test: a tenth of the text; valid: a twentieth';
		case undefined:
			return 'test: places that nothing was chosen by; valid: files that were held out';
	}
}

/** Every second file, in an order that the seed and the names decide: a single one is not for judging. */
function testFiles(names: readonly string[], seed: number): ReadonlySet<string> {
	const key = (name: string) => createHash('sha256').update(`${seed}\0test\0${name}`).digest('hex');
	const drawn = names
		.map((name) => ({ name, key: key(name) }))
		.sort((one, other) => (one.key < other.key ? -1 : 1));
	return new Set(drawn.flatMap(({ name }, index) => (index % 2 === 1 ? [name] : [])));
}

function namedSample({ tokens, middleStart, file }: OwnSample): NamedSample {
	const weights = new Float32Array(tokens.length).fill(1, Math.max(1, middleStart));
	return { sample: { tokens: Int32Array.from(tokens), weights, file: 0 }, file };
}
