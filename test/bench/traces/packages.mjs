/**
 * Writes packages/visits.json beside it: `node test/bench/traces/packages.mjs`. Somebody goes from place to place in
 * files of packages that are installed here, and types lines again that stand there. The lines themselves are not
 * stored, only how they are typed; keystrokes.mjs says where the rhythm comes from.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { keystrokes, rhythm } from './keystrokes.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** In no training corpus of Familiar. */
const FILES = {
	edit: 'node_modules/jsonc-parser/lib/esm/impl/edit.js',
	apply: 'node_modules/diff/libesm/patch/apply.js',
	yauzl: 'node_modules/yauzl/index.js',
	reader: 'node_modules/vscode-jsonrpc/lib/common/messageReader.js',
};

/** From the end of the line before `line` on, or from behind `after` in it, to the end of the last of `lines`. */
const VISITS = [
	{ file: 'reader', line: 63 },
	{ file: 'reader', line: 90, lines: 3 },
	{ file: 'yauzl', line: 73 },
	{ file: 'yauzl', line: 450 },
	{ file: 'edit', line: 107 },
	{ file: 'apply', line: 138 },
	{ file: 'reader', line: 134, after: 'contentTypeDecoders.set(' },
	{ file: 'yauzl', line: 722 },
	{ file: 'apply', line: 118, after: 'let nextContext' },
];

/** Milliseconds to find a place and to look around there, before the first key. */
const LOOKING = 1_500;
const seed = 31;
const visits = VISITS.map(({ file, line, lines = 1, after }, index) => {
	const text = fs.readFileSync(path.join(root, FILES[file]), 'utf8');
	const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
	const from =
		after === undefined ? starts[line - 1] - 1 : text.indexOf(after, starts[line - 1]) + after.length;
	const to = starts[line - 1 + lines] - 1;
	const edits = rhythm(keystrokes(text.slice(from, to), seed + index), seed + VISITS.length + index);
	console.log(
		`${edits.length} edits in ${((edits.at(-1).at + LOOKING) / 1000).toFixed(0)} s: ${JSON.stringify(text.slice(from, to))}`,
	);
	return { file: FILES[file], from, to, strokes: strokesOf(edits) };
});
const files = Object.values(FILES).map((file) => ({
	path: file,
	sha256: createHash('sha256')
		.update(fs.readFileSync(path.join(root, file)))
		.digest('hex'),
}));
const about =
	'Typing that was generated, not recorded from a person, see packages.mjs. A visit goes to a place in a file, where ' +
	'the text `from`…`to` (UTF-16 units) is missing until then, and types it. A stroke is the milliseconds since the ' +
	'one before and what it does: +n the next n characters of the text, !x a wrong x, -n takes n characters back, ' +
	'=n moves over n characters that the editor has put there, >n the same by keys after which an editor does not ask; ' +
	'then, URI-encoded, what the editor puts after the cursor by itself.';
const target = path.join(path.dirname(fileURLToPath(import.meta.url)), 'packages/visits.json');
fs.mkdirSync(path.dirname(target), { recursive: true });
fs.writeFileSync(target, `${JSON.stringify({ about, files, visits }, undefined, '\t')}\n`);

/** For example `412+9 160+1) 150!q 330-1`. */
function strokesOf(edits) {
	let before = -LOOKING;
	return edits
		.map((edit, index) => {
			const gap = edit.at - before;
			before = edit.at;
			const next = edits[index + 1];
			if (edit.delete !== undefined) {
				return `${gap}-${edit.delete}`;
			}
			if (edit.over !== undefined) {
				return `${gap}${edit.moves ? '>' : '='}${edit.over}`;
			}
			return next?.delete === 1
				? `${gap}!${edit.insert}`
				: `${gap}+${edit.insert.length}${encodeURIComponent(edit.close ?? '')}`;
		})
		.join(' ');
}
