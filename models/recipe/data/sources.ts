/** models/sources.json: which packages the starter learns from, under which licence, and how their archives hash. */

import * as fs from 'node:fs';
import { isRecord } from '../../../src/inference/record';

export const REGISTRIES = ['npm', 'debian'] as const;
export type Registry = (typeof REGISTRIES)[number];

/** SPDX names of the licences that a package may have. */
export const LICENCES = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'] as const;

export interface Source {
	readonly registry: Registry;
	/** As its registry has it, with the scope. */
	readonly name: string;
	readonly version: string;
	/** As the package's own manifest states it: one of LICENCES, or several of them with `OR` or `AND` between. */
	readonly licence: string;
	/** Of the archive, as npm writes hashes: algorithm, dash, base64. */
	readonly integrity: string;
}

/** Whether every licence that the expression names may be learned from. */
export function isAllowed(licence: string): boolean {
	const names = licence.replace(/^\(|\)$/g, '').split(/ (?:OR|AND) /);
	return names.every((name) => LICENCES.some((allowed) => allowed === name));
}

/** What a person calls the package in a message. */
export function nameOf(source: Pick<Source, 'name' | 'version'>): string {
	return `${source.name}@${source.version}`;
}

/** @throws Error naming the file and the entry that is none, or whose licence is none of LICENCES */
export function readSources(file: string): readonly Source[] {
	const value: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
	const packages = isRecord(value) ? value['packages'] : undefined;
	if (!Array.isArray(packages)) {
		throw new Error(`${file} has no list of packages.`);
	}
	return packages.map((entry: unknown, index) => {
		if (!isSource(entry)) {
			throw new Error(
				`${file}, package ${index + 1}: registry, name, version, licence and integrity are needed.`,
			);
		}
		if (!isAllowed(entry.licence)) {
			throw new Error(
				`${file}: ${nameOf(entry)} is under ${entry.licence}; only ${LICENCES.join(', ')} are allowed.`,
			);
		}
		return entry;
	});
}

/** Sorted, a package a line: a changed version is a changed line. */
export function writeSources(file: string, sources: readonly Source[]): void {
	const lines = [...sources]
		.sort((one, other) => compare(`${one.registry} ${one.name}`, `${other.registry} ${other.name}`))
		.map(({ registry, name, version, licence, integrity }) =>
			JSON.stringify({ registry, name, version, licence, integrity }),
		);
	const about =
		'The packages whose sources trained models/starter.gguf. npm run starter:data fetches them through npm and apt and checks their hashes; the licences are those that their own manifests state.';
	const text = `{\n\t"about": ${JSON.stringify(about)},\n\t"packages": [\n\t\t${lines.join(',\n\t\t')}\n\t]\n}\n`;
	fs.writeFileSync(`${file}.new`, text);
	fs.renameSync(`${file}.new`, file);
}

/** By UTF-16 units: the same on every machine, whatever its language. */
export function compare(one: string, other: string): number {
	return one < other ? -1 : one > other ? 1 : 0;
}

function isSource(value: unknown): value is Source {
	return (
		isRecord(value) &&
		REGISTRIES.some((registry) => registry === value['registry']) &&
		['name', 'version', 'licence', 'integrity'].every((field) => typeof value[field] === 'string')
	);
}
