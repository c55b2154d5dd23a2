/** A repository of thousands of files of real code, made for a bench: the sources of the packages that the checkout has installed. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../support/root';

const CODE = /\.(?:[cm]?[jt]sx?|py|c|cc|cpp|h|hpp|go|rs|java|css|scss|html|sh)$/;
/** Folder names that an audit leaves out by their name alone, and what they are called in the repository. */
const RENAMED = /\b(?:node_modules|vendor|third_party|dist|build|out|target|coverage)(?=\/)/g;
const SOURCE_MAP = /^\/[/*]# sourceMappingURL=.*$/gm;
/** Bytes: what is larger an audit does not read. */
const LARGEST = 500_000;

export interface BenchRepository {
	readonly files: number;
	readonly bytes: number;
	/** Files that came from packages more than once, with other words. */
	readonly repeated: number;
}

/** Writes `count` files into the folder, tracked by Git. */
export function writeRepository(folder: string, count: number): BenchRepository {
	const sources = sourceFiles();
	let bytes = 0;
	for (let index = 0; index < count; index++) {
		const source = sources[index % sources.length] ?? '';
		const round = Math.floor(index / sources.length);
		const name = source.slice(root.length + 1).replace(RENAMED, (word) => `${word}-sources`);
		const file = path.join(folder, round === 0 ? '' : `round${round}`, name);
		fs.mkdirSync(path.dirname(file), { recursive: true });
		// Without the line that says at once that it is generated: every stage shall have its work.
		const text = fs.readFileSync(source, 'utf8').replace(SOURCE_MAP, '');
		// A copy would be cheap: it is left out by its hash.
		const written = round === 0 ? text : text.replace(/\b[a-z]{4,}\b/g, (word) => `${word}${round}`);
		fs.writeFileSync(file, written);
		bytes += Buffer.byteLength(written);
	}
	execFileSync('git', ['init', '-q'], { cwd: folder });
	execFileSync('git', ['-c', 'core.autocrlf=false', 'add', '-A', '-f'], { cwd: folder, stdio: 'ignore' });
	return { files: count, bytes, repeated: Math.max(0, count - sources.length) };
}

function sourceFiles(): readonly string[] {
	const folder = fs.realpathSync(path.join(root, 'node_modules'));
	return fs
		.readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.map((name) => path.join(root, 'node_modules', name))
		.filter((file) => CODE.test(file))
		.filter((file) => {
			const status = fs.lstatSync(file);
			return status.isFile() && status.size > 0 && status.size <= LARGEST;
		})
		.sort();
}
