/** A small real repository with a history: dated commits, nothing of the user's own configuration. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Audit } from '../../src/finetune/corpus/verdict';

const DAY = 86_400;
const START = 1_700_000_000;

export class GitHistory {
	private commits = 0;

	/** @param folder exists, and is empty */
	constructor(readonly folder: string) {
		this.git('init', '--quiet');
	}

	/** Writes the files (undefined deletes one), and commits them a day after the last commit. */
	commit(
		files: Readonly<Record<string, string | undefined>>,
		{ message = 'Change.', author = 'somebody' } = {},
	): string {
		for (const [file, text] of Object.entries(files)) {
			const place = path.join(this.folder, file);
			if (text === undefined) {
				fs.rmSync(place);
			} else {
				fs.mkdirSync(path.dirname(place), { recursive: true });
				fs.writeFileSync(place, text);
			}
		}
		this.git('add', '--all');
		const date = `${START + DAY * this.commits++} +0000`;
		const identity = ['-c', `user.name=${author}`, '-c', 'user.email=somebody@localhost'];
		this.git(...identity, 'commit', '--quiet', '--allow-empty', '-m', message, `--date=${date}`);
		return this.git('rev-parse', 'HEAD').trim();
	}

	/** Every tracked file is in. */
	audit(name = 'sample'): Audit {
		const files = this.git('ls-files', '-z')
			.split('\0')
			.filter((file) => file !== '');
		return {
			repositories: [{ name, folder: this.folder, gitPath: 'git' }],
			leftOut: [],
			files: files.map((file) => {
				const bytes = fs.readFileSync(path.join(this.folder, file));
				const hash = createHash('sha256').update(bytes).digest('hex');
				return {
					repository: 0,
					path: file,
					verdict: { type: 'in', characters: bytes.toString('utf8').length, hash },
				};
			}),
		};
	}

	git(...words: readonly string[]): string {
		const date = `${START + DAY * Math.max(0, this.commits - 1)} +0000`;
		return execFileSync('git', words, {
			cwd: this.folder,
			encoding: 'utf8',
			env: {
				...process.env,
				GIT_CONFIG_NOSYSTEM: '1',
				GIT_CONFIG_GLOBAL: os.devNull,
				GIT_COMMITTER_DATE: date,
			},
		});
	}
}

/** Code in which every line names its file, so that no two files resemble each other. */
export function ownCode(name: string, functions: number): string {
	return Array.from(
		{ length: functions },
		(_, index) =>
			`export function ${name}Step${index}(${name}Input: ${name}Shape) {\n` +
			`\tconst ${name}First${index} = ${name}Input.${name}Field${index} + ${index};\n` +
			`\tif (${name}First${index} > ${name}Limit) {\n` +
			`\t\treturn ${name}Report(${name}First${index}, ${name}Input);\n\t}\n` +
			`\treturn ${name}Join(${name}First${index});\n}\n\n`,
	).join('');
}
