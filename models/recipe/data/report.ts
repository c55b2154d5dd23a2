/** corpus/report.json: what is in the corpus and what was left out, counted. */

import type { Language, SourceDocument } from '../document';
import type { Fetched } from './corpus';
import type { Decision } from './decide';
import type { Finding } from './heldOut';
import type { WhyNot } from './judgeFile';
import { compare } from './sources';

type Part = Extract<Decision, 'train' | 'validation'>;

interface Sum {
	files: number;
	/** Of UTF-8. */
	bytes: number;
}

export class Counts {
	private readonly sets = { train: new Map<Language, Sum>(), validation: new Map<Language, Sum>() };
	private readonly packages = { train: new Map<string, Sum>(), validation: new Map<string, Sum>() };
	private readonly reasons = new Map<string, Sum>();
	private readonly heldOut: string[] = [];

	keep(set: Part, document: SourceDocument, bytes: number): void {
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
	report(packages: readonly Fetched[], hashes: Readonly<Record<Part, string>>) {
		const set = (name: Part) => ({
			sha256: hashes[name],
			packages: this.packages[name].size,
			...total(this.sets[name]),
			languages: sorted(this.sets[name]),
		});
		const licences = new Map<string, Sum>();
		for (const { source } of packages) {
			add(licences, source.licence, this.packages.train.get(source.name)?.bytes ?? 0);
		}
		const names = packages.map(({ source }) => source.name);
		return {
			packages: packages.length,
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
