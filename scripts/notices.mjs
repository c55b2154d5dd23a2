/** THIRD-PARTY-NOTICES: the licence of every package that is in the VSIX, copied or bundled. */
import fs from 'node:fs';
import path from 'node:path';
import { readManifest } from './closure.mjs';
import { root } from './install.mjs';

const RULE = '-'.repeat(100);

/** For packages that name the MIT License and ship no text; the copyright line is theirs. */
const MIT = fs
	.readFileSync(path.join(root, 'scripts/notices/llama.cpp.txt'), 'utf8')
	.match(/Permission is hereby[\s\S]*?SOFTWARE\.\n/)[0];

/**
 * @param {string[]} folders Package folders relative to the checkout.
 * @throws when a package has neither a licence text nor a licence whose text is known here.
 */
export function thirdPartyNotices(folders) {
	const own = fs
		.readdirSync(path.join(root, 'scripts/notices'))
		.sort()
		.map((file) => fs.readFileSync(path.join(root, 'scripts/notices', file), 'utf8').trim());
	const known = own.join('\n');
	const packages = [...new Set(folders)]
		.filter((folder) => !isInside(folder, known))
		.map((folder) => notice(path.join(root, folder)))
		.sort((left, right) => (left < right ? -1 : 1));
	const head = 'Familiar contains software by others. Their names and licences follow.';
	return `${[head, ...own, ...new Set(packages)].join(`\n\n${RULE}\n`)}\n`;
}

/**
 * Whether a package came into the bundle inside another one and is named in a text of our own: source maps tell of such
 * packages, and they are not installed.
 *
 * @throws when it is named nowhere.
 */
function isInside(folder, known) {
	if (fs.existsSync(path.join(root, folder, 'package.json'))) {
		return false;
	}
	const name = folder.split(path.sep).join('/').split('node_modules/').at(-1);
	if (!known.split(/[\s,]+/).includes(name)) {
		throw new Error(`${name} is bundled inside another package; add its licence to scripts/notices.`);
	}
	return true;
}

function notice(folder) {
	const { name, version, license, author, repository, homepage } = readManifest(folder);
	const address = homepage ?? repository?.url ?? repository ?? '';
	const files = fs.readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
	const texts = files.map((file) => fs.readFileSync(path.join(folder, file), 'utf8').trim());
	if (texts.length === 0) {
		if (license !== 'MIT') {
			throw new Error(`${name} ${version} (${license}) ships no licence text; add one to scripts/notices.`);
		}
		const holder = typeof author === 'string' ? author : (author?.name ?? `the ${name} authors`);
		texts.push(`MIT License\n\nCopyright (c) ${holder}\n\n${MIT.trim()}`);
	}
	return `${name} ${version} (${license}) ${address}\n\n${texts.join('\n\n')}`;
}

/**
 * The packages that esbuild put into bundles, by the `sources` of their source maps.
 *
 * @param {string} folder Where the bundles of a build with source maps are.
 * @returns {string[]} Package folders relative to the checkout.
 */
export function bundledPackages(folder) {
	const found = new Set();
	for (const file of fs.readdirSync(folder, { recursive: true })) {
		if (file.endsWith('.map')) {
			const map = path.join(folder, file);
			for (const source of JSON.parse(fs.readFileSync(map, 'utf8')).sources) {
				const relative = path.relative(root, path.resolve(path.dirname(map), source));
				// The innermost package: a nested node_modules is the one that was bundled.
				const inside = /^(.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)/.exec(relative);
				if (inside !== null) {
					found.add(inside[1]);
				}
			}
		}
	}
	return [...found].sort();
}
