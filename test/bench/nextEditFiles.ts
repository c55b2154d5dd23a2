/** Real code to edit: hand-written JavaScript of the installed packages, with their licences as they say them. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { root } from '../support/root';

export interface SourceFile {
	readonly package: string;
	/** From its package.json. */
	readonly licence: string;
	/** Below the package, with `/`. */
	readonly path: string;
	readonly text: string;
}

/** Packages whose sources are written by hand, are not minified and lie in the installation anyway. */
const PACKAGES = [
	...['argparse', 'chokidar', 'cli-spinners', 'commander', 'cross-spawn', 'diff', 'dompurify', 'fs-extra'],
	...[
		'https-proxy-agent',
		'iconv-lite',
		'js-yaml',
		'jsonc-parser',
		'jszip',
		'lowdb',
		'lru-cache',
		'markdown-it',
	],
	...['minimatch', 'mocha', 'nwsapi', 'pako', 'parse5', 'picomatch', 'qs', 'readable-stream', 'rrweb-cssom'],
	...['saxes', 'semver', 'simple-git', 'structured-source', 'tar', 'tough-cookie', 'tr46', 'underscore'],
	...['url-join', 'vscode-jsonrpc', 'whatwg-url', 'ws', 'xml2js', 'xmlbuilder', 'yargs', 'yauzl', 'yazl'],
];
const FREE =
	/^(?:MIT|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|\(MIT.*\)|\(MPL-2\.0 OR Apache-2\.0\)|Python-2\.0)$/;
const MOST_PER_PACKAGE = 12;

/** Files of 60 to 2,500 lines, none of which is long. */
export function sourceFiles(): readonly SourceFile[] {
	return PACKAGES.flatMap((name) => {
		const folder = path.join(root, 'node_modules', name);
		const manifest = path.join(folder, 'package.json');
		const licence = fs.existsSync(manifest)
			? String(JSON.parse(fs.readFileSync(manifest, 'utf8')).license)
			: '';
		if (!FREE.test(licence)) {
			return [];
		}
		return fs
			.readdirSync(folder, { recursive: true, encoding: 'utf8' })
			.map((file) => file.replaceAll('\\', '/'))
			.filter(
				(file) =>
					/\.[cm]?js$/.test(file) && !/(?:^|\/)node_modules\/|\.min\.|(?:^|\/)(?:umd|iife)\//.test(file),
			)
			.sort()
			.map((file) => ({ package: name, licence, path: file, text: read(path.join(folder, file)) }))
			.filter(({ text }) => isHandWritten(text))
			.slice(0, MOST_PER_PACKAGE);
	});
}

function read(file: string): string {
	return fs.statSync(file).isFile() ? fs.readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : '';
}

function isHandWritten(text: string): boolean {
	const lines = text.split('\n');
	return lines.length >= 60 && lines.length <= 2_500 && lines.every((line) => line.length <= 300);
}
