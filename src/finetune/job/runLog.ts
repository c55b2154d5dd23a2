/** `log.jsonl` of a run: what the trainer reported, one JSON a line, so that a later window can show it all. */

import * as fs from 'node:fs/promises';
import { parseJson } from '../../inference/record';
import { writeWhole } from '../../inference/wholeFile';
import { count, object } from '../../inference/wire/shapes';
import { fromTrainer } from './messageShapes';
import type { FromTrainer } from './messages';

/** Bytes after which the log is thinned to half: about 40,000 steps. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Rounds of thinning that leave evaluations alone: they are few and the point of it all. */
const SPARING_ROUNDS = 3;

export interface LoggedMessage {
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly message: FromTrainer;
}

const logged = object<LoggedMessage>({ at: count, message: fromTrainer });

export class RunLog {
	private waiting: string[] = [];
	private writing: Promise<void> | undefined;
	private bytes: number | undefined;

	/**
	 * @param file Absolute path; its folder is there when the first message comes.
	 * @param onProblem Told once: a log that cannot be written does not end a run.
	 */
	constructor(
		private readonly file: string,
		private readonly onProblem: (error: unknown) => void,
		private readonly maxBytes = MAX_BYTES,
	) {}

	/** Never throws. */
	append(entry: LoggedMessage): void {
		this.waiting.push(JSON.stringify(entry));
		this.writing ??= this.write().finally(() => {
			this.writing = undefined;
		});
	}

	/** Resolves when all that was appended is on disk, or given up. */
	async flush(): Promise<void> {
		await this.writing;
	}

	/** Oldest first; lines that are torn or of another version are left out. */
	async read(): Promise<readonly LoggedMessage[]> {
		return (await this.lines()).flatMap((line) => {
			const entry = parse(line);
			return entry === undefined ? [] : [entry];
		});
	}

	private async write(): Promise<void> {
		while (this.waiting.length > 0) {
			const lines = this.waiting;
			this.waiting = [];
			// A line break first: the last line may be torn by a crash.
			const text = `\n${lines.join('\n')}`;
			try {
				this.bytes ??= (await fs.stat(this.file).catch(() => ({ size: 0 }))).size;
				await fs.appendFile(this.file, text, { mode: 0o600 });
				this.bytes += Buffer.byteLength(text);
				if (this.bytes > this.maxBytes) {
					await this.thin();
				}
			} catch (error) {
				this.onProblem(error);
			}
		}
	}

	private async thin(): Promise<void> {
		let lines = await this.lines();
		const size = () => lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
		for (let round = 0; size() > this.maxBytes / 2 && lines.length > 1; round++) {
			lines = lines.filter(
				(line, index) =>
					index % 2 === 1 || (round < SPARING_ROUNDS && parse(line)?.message.type === 'evaluation'),
			);
		}
		await writeWhole(this.file, lines.join('\n'));
		this.bytes = size();
	}

	private async lines(): Promise<string[]> {
		const text = await fs.readFile(this.file, 'utf8').catch(() => '');
		return text.split('\n').filter((line) => line !== '');
	}
}

function parse(line: string): LoggedMessage | undefined {
	const value = parseJson(line);
	return logged(value) ? value : undefined;
}
