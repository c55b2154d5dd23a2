/** corpus/report.json: what is in the corpus and what was left out, counted. */

import { createHash, type Hash } from 'node:crypto';
import type { Language, SourceDocument } from '../document';
import type { Fetched } from './corpus';
import type { Decision } from './decide';
import type { Deviation } from './fetching';
import type { Finding } from './heldOut';
import type { WhyNot } from './judgeFile';
import { compare, nameOf } from './sources';

type Part = Extract<Decision, 'train' | 'validation'>;

interface Sum {
	files: number;
	/** Of UTF-8. */
	bytes: number;
}

export class Counts {
	private readonly sets = { train: new Map<Language, Sum>(), validation: new Map<Language, Sum>() };
	private readonly packages = { train: new Map<string, Sum>(), validation: new Map<string, Sum>() };
	/** Of the lines of each language. */
	private readonly lines = { train: new Map<Language, Hash>(), validation: new Map<Language, Hash>() };
	private readonly reasons = new Map<string, Sum>();
	private readonly heldOut: string[] = [];

	/** @param line of the document, as it is written */
	keep(set: Part, document: SourceDocument, bytes: number, line: string): void {
		const hash = this.lines[set].get(document.language) ?? createHash('sha256');
		this.lines[set].set(document.language, hash.update(line));
		add(this.sets[set], document.language, bytes);
		add(this.packages[set], document.package, bytes);
	}

	leaveOut(reason: WhyNot | Exclude<Decision, Part>, bytes: number): void {
		add(this.reasons, reason, bytes);
	}

	foundHeldOut(name: string, finding: Finding | undefined): void {
		const share = Math.round((finding?.similarity ?? 0) * 100);
		this.heldOut.push(`${name}: ${finding?.of}, ${finding?.passages.length} passages, ${share} % alike`);
	}

	/** @param hashes sha256 of the two files, in hexadecimal */
	report(
		packages: readonly Fetched[],
		deviations: readonly Deviation[],
		hashes: Readonly<Record<Part, string>>,
	) {
		const set = (name: Part) => ({
			sha256: hashes[name],
			packages: this.packages[name].size,
			...total(this.sets[name]),
			languages: Object.fromEntries(
				Object.entries(sorted(this.sets[name])).map(([language, sum]) => [
					language,
					{ ...sum, sha256: this.hashOf(name, language) },
				]),
			),
		});
		const licences = new Map<string, Sum>();
		for (const { source } of packages) {
			add(licences, source.licence, this.packages.train.get(source.name)?.bytes ?? 0);
		}
		const names = packages.map(({ source }) => source.name);
		return {
			packages: packages.length,
			/** What is not as models/sources.json lists it. */
			deviations: deviations.map(({ listed, taken, why }) => ({
				listed: nameOf(listed),
				taken: taken?.version ?? null,
				integrity: taken?.integrity ?? null,
				why,
			})),
			train: set('train'),
			validation: { ...set('validation'), names: [...this.packages.validation.keys()].sort(compare) },
			/** Bytes of text in the training set, by what the packages state. */
			licences: Object.fromEntries(
				[...licences].map(([name, { files, bytes }]) => [name, { packages: files, bytes }]),
			),
			leftOut: sorted(this.reasons),
			heldOut: this.heldOut,
			withoutFiles: names
				.filter((name) => !this.packages.train.has(name) && !this.packages.validation.has(name))
				.sort(compare),
		};
	}

	/** Of the lines of one language, as they follow each other in the file. */
	private hashOf(set: Part, language: string): string {
		const [, hash] = [...this.lines[set]].find(([one]) => one === language) ?? [];
		return hash?.copy().digest('hex') ?? '';
	}
}

function add<Key>(sums: Map<Key, Sum>, key: Key, bytes: number): void {
	const sum = sums.get(key) ?? { files: 0, bytes: 0 };
	sum.files++;
	sum.bytes += bytes;
	sums.set(key, sum);
}

function total(sums: ReadonlyMap<string, Sum>): Readonly<Sum> {
	const all = [...sums.values()];
	return {
		files: all.reduce((sum, one) => sum + one.files, 0),
		bytes: all.reduce((sum, one) => sum + one.bytes, 0),
	};
}

function sorted(sums: ReadonlyMap<string, Sum>): Readonly<Record<string, Sum>> {
	return Object.fromEntries([...sums].sort(([one], [other]) => compare(one, other)));
}
