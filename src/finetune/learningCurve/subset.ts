/** Parts of a dataset for a learning curve: nested, by file, so that half of the data is half of the code. */

import { createHash } from 'node:crypto';
import type { Dataset, DatasetPart, Sample } from '../dataset/sample';

/**
 * About that share of the tokens to learn from, in whole files that the seed draws; each larger share holds each smaller
 * one. Of what the base model wrote itself, which is of no file, the same share. What is held out stays as it is.
 *
 * @param share above 0, at most 1.
 */
export function subsetOf(
	{ header, train, heldOut }: Omit<Dataset, 'hash'>,
	share: number,
	seed: number,
): Omit<Dataset, 'hash'> {
	const code = train.length - (header.replay ?? 0);
	const replay = train.slice(code);
	const tokens = new Map<number, number>();
	for (const sample of train.slice(0, code)) {
		tokens.set(sample.file, (tokens.get(sample.file) ?? 0) + sample.tokens.length);
	}
	const key = (file: number) =>
		createHash('sha256').update(`${seed}\0curve\0${header.files[file]}`).digest('hex');
	const drawn = [...tokens]
		.map(([file, size]) => ({ file, size, key: key(file) }))
		.sort((one, other) => (one.key < other.key ? -1 : 1));
	const goal = tokensOf(train.slice(0, code)) * share;
	const chosen = new Set<number>();
	let taken = 0;
	for (const { file, size } of drawn) {
		// A prefix of the order, whatever the share: what is nearer to the goal, with or without this one.
		if (chosen.size > 0 && taken + size / 2 > goal) {
			break;
		}
		chosen.add(file);
		taken += size;
	}
	const repeated = replay.slice(0, Math.round(share * replay.length));
	const kept = [...train.slice(0, code).filter(({ file }) => chosen.has(file)), ...repeated];
	return {
		header: {
			...header,
			...(header.replay === undefined ? {} : { replay: repeated.length }),
			train: partOf(kept),
		},
		train: kept,
		heldOut,
	};
}

function partOf(samples: readonly Sample[]): DatasetPart {
	return {
		samples: samples.length,
		tokens: tokensOf(samples),
		weighted: samples.reduce(
			(sum, { weights }) => sum + weights.reduce((count, weight) => count + (weight === 0 ? 0 : 1), 0),
			0,
		),
		files: new Set(samples.map(({ file }) => file)).size,
	};
}

function tokensOf(samples: readonly Sample[]): number {
	return samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
}
