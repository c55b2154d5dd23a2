/** Which package a file belongs to, and under which licence that stands, as its own files say. */

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { parseJson } from '../../inference/record';

interface Package {
	/** Name and version as far as they are known; empty where they are not. */
	readonly name: string;
	/** As the package calls it, or the name of a well-known text; undefined where none is found. */
	readonly licence: string | undefined;
}

/** Characters of a licence file that tell which it is. */
const HEAD = 3_000;
const LICENCE_FILE = /^(?:licen[cs]e|copying|unlicense)(?:[.-]\w+)?$/i;

/** Each by words that only it has; the more special ones first. */
const TEXTS: readonly (readonly [string, RegExp])[] = [
	['AGPL-3.0', /GNU AFFERO GENERAL PUBLIC LICENSE/i],
	['LGPL', /GNU LESSER GENERAL PUBLIC LICENSE/i],
	['GPL-3.0', /GNU GENERAL PUBLIC LICENSE\s+Version 3/i],
	['GPL-2.0', /GNU GENERAL PUBLIC LICENSE\s+Version 2/i],
	['Apache-2.0', /Apache License\s+Version 2\.0/i],
	['MPL-2.0', /Mozilla Public License,? Version 2\.0/i],
	[
		'BSD-3-Clause',
		/Redistribution and use in source and binary forms[\s\S]*(?:Neither the name|endorse or promote)/i,
	],
	['BSD-2-Clause', /Redistribution and use in source and binary forms/i],
	['ISC', /Permission to use, copy, modify, and\/or distribute this software/i],
	['MIT', /Permission is hereby granted, free of charge, to any person obtaining a copy/i],
	['Unlicense', /This is free and unencumbered software released into the public domain/i],
];

/** Folders of many packages: what stands there, and above, is not about one of them. */
const OF_PACKAGES = /^(?:node_modules|site-packages|vendor)$/;

/** From the file's folder up to `root`, which is looked at last, or to below a folder of packages. */
export async function packageOf(file: string, root: string): Promise<Package> {
	let name = '';
	for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
		if (OF_PACKAGES.test(path.basename(folder))) {
			return { name, licence: undefined };
		}
		const names = await fs.readdir(folder).catch((): string[] => []);
		const described = names.includes('package.json')
			? await describedIn(folder)
			: await wheelIn(folder, names);
		name = name === '' ? (described?.name ?? '') : name;
		const licence = described?.licence ?? (await licenceTextIn(folder, names));
		// A package.json without a name only says how the files of its folder are read.
		if (licence !== undefined || (described !== undefined && described.name !== '')) {
			return { name, licence };
		}
		if (folder === root || folder === path.dirname(folder) || !folder.startsWith(root)) {
			return { name, licence: undefined };
		}
	}
}

async function describedIn(folder: string): Promise<Package | undefined> {
	const text = await fs.readFile(path.join(folder, 'package.json'), 'utf8').catch(() => '');
	const described = parseJson(text);
	if (typeof described !== 'object' || described === null) {
		return undefined;
	}
	const { name, version, license }: { name?: unknown; version?: unknown; license?: unknown } = described;
	const type = typeof license === 'object' && license !== null && 'type' in license ? license.type : license;
	const words = [name, version].filter((word) => typeof word === 'string').join(' ');
	return {
		name: words.slice(0, 200),
		licence: typeof type === 'string' && type !== '' ? type.slice(0, 100) : undefined,
	};
}

async function licenceTextIn(folder: string, names: readonly string[]): Promise<string | undefined> {
	const file = names.find((name) => LICENCE_FILE.test(name));
	if (file === undefined) {
		return undefined;
	}
	const text = await fs.readFile(path.join(folder, file), 'utf8').catch(() => '');
	return TEXTS.find(([, pattern]) => pattern.test(text.slice(0, HEAD)))?.[0];
}

/** Python's packages say it in a folder beside theirs. */
async function wheelIn(folder: string, names: readonly string[]): Promise<Package | undefined> {
	const parent = path.dirname(folder);
	const own = path.basename(folder).toLowerCase();
	if (!names.includes('__init__.py')) {
		return undefined;
	}
	const beside = await fs.readdir(parent).catch((): string[] => []);
	const info = beside.find((name) => name.endsWith('.dist-info') && name.toLowerCase().startsWith(`${own}-`));
	if (info === undefined) {
		return undefined;
	}
	const text = await fs.readFile(path.join(parent, info, 'METADATA'), 'utf8').catch(() => '');
	const licence = /^License(?:-Expression)?: (.{1,100})$/m.exec(text.slice(0, HEAD))?.[1];
	return { name: info.slice(0, -'.dist-info'.length).replace('-', ' ').slice(0, 200), licence };
}
