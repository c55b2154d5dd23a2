// Collects the texts that the code shows into l10n/bundle.l10n.json, the template that translators start from.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bundle = path.join(root, 'l10n', 'bundle.l10n.json');

/** A call of `vscode.l10n.t` or of a `translate` that was handed down, with a literal text. */
const CALL = /\b(?:l10n\.t|translate)\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g;

/** Texts that pure files hold in tables and faces translate: between these two comments, every literal counts. */
const TABLE = /\/\/ texts:begin([\s\S]*?)\/\/ texts:end/g;
const LITERAL = /:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g;

function unescapeLiteral(literal) {
	return literal.replace(/\\(u\{?([0-9a-fA-F]+)\}?|.)/g, (_, all, code) =>
		code !== undefined && all.startsWith('u')
			? String.fromCodePoint(Number.parseInt(code, 16))
			: ({ n: '\n', t: '\t' }[all] ?? all),
	);
}

/** All texts of the sources, sorted: the content of the bundle. */
export function collectTexts() {
	const found = new Set();
	const folder = path.join(root, 'src');
	for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
		if (!name.endsWith('.ts')) {
			continue;
		}
		const text = fs.readFileSync(path.join(folder, name), 'utf8');
		for (const match of text.matchAll(CALL)) {
			found.add(unescapeLiteral(match[1] ?? match[2]));
		}
		for (const table of text.matchAll(TABLE)) {
			for (const match of table[1].matchAll(LITERAL)) {
				found.add(unescapeLiteral(match[1] ?? match[2]));
			}
		}
	}
	return Object.fromEntries([...found].sort().map((text) => [text, text]));
}

export function formatBundle(texts) {
	return `${JSON.stringify(texts, null, '\t')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	fs.mkdirSync(path.dirname(bundle), { recursive: true });
	fs.writeFileSync(bundle, formatBundle(collectTexts()));
	console.log(`${path.relative(root, bundle)}: ${Object.keys(collectTexts()).length} texts`);
}
