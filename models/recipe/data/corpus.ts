/** Makes the corpus: reads every archive, decides over all, writes the documents, and checks what was written. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { printOf } from '../../../src/finetune/corpus/copies';
import { signatureOf } from '../../../src/finetune/corpus/minHash';
import { throwIfAborted } from '../../../src/inference/cancel';
import { documentLine, readDocuments } from '../document';
import { inScratch } from './archives';
import { type Candidate, decide, heldOutTest, shuffled } from './decide';
import type { Deviation } from './fetching';
import { handwritten } from './handwritten';
import type { HeldOut } from './heldOut';
import { judgeFile } from './judgeFile';
import { Counts } from './report';
import { nameOf, type Source } from './sources';
import { codeFiles, rootOf, unpack } from './unpack';

/** A package of the list, and where its archive lies. */
export interface Fetched {
	readonly source: Source;
	readonly archive: string;
}

/**
 * Writes `train.jsonl`, `validation.jsonl` and `report.json`. The same packages make the same bytes.
 * @param folder absolute; its files are replaced when all is done
 * @throws Error when something of what is held out is in what was written
 */
export async function makeCorpus(
	folder: string,
	packages: readonly Fetched[],
	deviations: readonly Deviation[],
	heldOut: HeldOut,
	signal: AbortSignal,
): Promise<void> {
	await inScratch(folder, async (scratch) => {
		const judged = path.join(scratch, 'judged.jsonl');
		const counts = new Counts();
		const candidates = await judgePackages(judged, packages, heldOut, counts, signal);
		console.log(`${candidates.length} files are code; looking for copies`);
		const decisions = decide(candidates);
		const sets = ['train', 'validation'] as const;
		const writers = {
			train: new LineWriter(scratch, 'train'),
			validation: new LineWriter(scratch, 'validation'),
		};
		let index = 0;
		for await (const document of readDocuments(judged)) {
			const decision = decisions[index] ?? 'held out';
			const bytes = candidates[index]?.bytes ?? 0;
			index++;
			if (decision === 'train' || decision === 'validation') {
				const line = documentLine(document);
				writers[decision].write(line);
				counts.keep(decision, document, bytes, line);
			} else {
				counts.leaveOut(decision, bytes);
				if (decision === 'held out') {
					counts.foundHeldOut(`${document.package}/${document.path}`, candidates[index - 1]?.finding);
				}
			}
		}
		const hashes = { train: writers.train.close(), validation: writers.validation.close() };
		for (const set of sets) {
			await checkWritten(writers[set].file, heldOut, heldOutTest(candidates), signal);
		}
		const report = path.join(scratch, 'report.json');
		fs.writeFileSync(
			report,
			`${JSON.stringify(counts.report(packages, deviations, hashes), undefined, '\t')}\n`,
		);
		for (const file of [...sets.map((set) => writers[set].file), report]) {
			fs.renameSync(file, path.join(folder, path.basename(file)));
		}
	});
}

/** Every file that is worth learning goes to the file of documents, package by package in a shuffled order. */
async function judgePackages(
	judged: string,
	packages: readonly Fetched[],
	heldOut: HeldOut,
	counts: Counts,
	signal: AbortSignal,
): Promise<readonly Candidate[]> {
	const candidates: Candidate[] = [];
	const ordered = shuffled(packages, ({ source }) => source.name);
	fs.writeFileSync(judged, '');
	for (const [index, { source, archive }] of ordered.entries()) {
		throwIfAborted(signal);
		const before = candidates.length;
		const files = await inScratch(path.dirname(judged), async (scratch) => {
			await unpack(source.registry, archive, scratch, signal);
			return codeFiles(rootOf(source.registry, scratch));
		});
		const why = handwritten(files);
		let lines = '';
		for (const file of files) {
			const verdict = await judgeFile(file, why(file));
			if (verdict.type === 'out') {
				counts.leaveOut(verdict.why, file.bytes.length);
				continue;
			}
			const { text } = verdict;
			const document = { package: source.name, language: file.language, path: file.path, text };
			lines += documentLine(document);
			const print = printOf(text);
			candidates.push({
				package: source.name,
				language: file.language,
				path: file.path,
				bytes: Buffer.byteLength(text),
				print,
				finding: heldOut.find(text, print.signature),
			});
		}
		fs.appendFileSync(judged, lines);
		console.log(
			`[${index + 1}/${ordered.length}] ${nameOf(source)}: ${candidates.length - before} of ${files.length} files`,
		);
	}
	return candidates;
}

/**
 * Reads what was written once more, as the training will: nothing that is held out may be in it.
 * @throws Error naming the first file that is
 */
export async function checkWritten(
	file: string,
	heldOut: HeldOut,
	isHeldOut: (candidate: Candidate) => boolean,
	signal: AbortSignal,
): Promise<void> {
	for await (const document of readDocuments(file)) {
		throwIfAborted(signal);
		const { text } = document;
		const print = { hash: '', signature: signatureOf(text) };
		const finding = heldOut.find(text, print.signature);
		if (isHeldOut({ ...document, bytes: 0, print, finding })) {
			throw new Error(
				`${document.package}/${document.path} is ${Math.round(finding.similarity * 100)} % ${finding.of}, which is held out. Nothing was written; take the package off models/sources.json.`,
			);
		}
	}
}

/** Appends lines and hashes them. */
class LineWriter {
	readonly file: string;
	private readonly descriptor: number;
	private readonly hash = createHash('sha256');

	constructor(folder: string, name: string) {
		this.file = path.join(folder, `${name}.jsonl`);
		this.descriptor = fs.openSync(this.file, 'w');
	}

	write(line: string): void {
		fs.writeSync(this.descriptor, line);
		this.hash.update(line);
	}

	/** @returns the sha256 of all lines, in hexadecimal */
	close(): string {
		fs.closeSync(this.descriptor);
		return this.hash.digest('hex');
	}
}
