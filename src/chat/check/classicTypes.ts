/** As much of TypeScript's library (up to version 6) as a check needs: its own types come with no package of ours. */

import { isRecord } from '../../inference/record';

interface ClassicSnapshot {
	getLength(): number;
}

interface Disk {
	readonly useCaseSensitiveFileNames: boolean;
	fileExists(file: string): boolean;
	readFile(file: string): string | undefined;
	directoryExists(folder: string): boolean;
	getDirectories(folder: string): string[];
	readDirectory(folder: string, ...how: unknown[]): string[];
	realpath?(file: string): string;
}

interface ClassicDiagnostic {
	readonly code: number;
	/** 1 is an error. */
	readonly category: number;
	readonly start?: number | undefined;
	/** A text, or the head of a chain of them. */
	readonly messageText: unknown;
}

export interface ClassicHost extends Omit<Disk, 'useCaseSensitiveFileNames'> {
	getCompilationSettings(): object;
	getScriptFileNames(): readonly string[];
	getScriptVersion(file: string): string;
	getScriptSnapshot(file: string): ClassicSnapshot | undefined;
	getCurrentDirectory(): string;
	getDefaultLibFileName(options: object): string;
	useCaseSensitiveFileNames(): boolean;
}

export interface ClassicService {
	getSyntacticDiagnostics(file: string): readonly ClassicDiagnostic[];
	getSemanticDiagnostics(file: string): readonly ClassicDiagnostic[];
	dispose(): void;
}

interface ParsedConfig {
	readonly options: object;
	readonly fileNames: readonly string[];
	readonly projectReferences?: readonly { readonly path: string }[] | undefined;
}

export interface ClassicTypeScript {
	readonly sys: Disk;
	readonly ScriptSnapshot: { fromString(text: string): ClassicSnapshot };
	createLanguageService(host: ClassicHost): ClassicService;
	findConfigFile(folder: string, exists: (file: string) => boolean, name: string): string | undefined;
	readConfigFile(file: string, read: (file: string) => string | undefined): { readonly config?: unknown };
	parseJsonConfigFileContent(
		config: unknown,
		disk: Disk,
		folder: string,
		options: undefined,
		name: string,
	): ParsedConfig;
	getDefaultLibFilePath(options: object): string;
	flattenDiagnosticMessageText(message: unknown, lineBreak: string): string;
}

const FUNCTIONS = [
	'createLanguageService',
	'findConfigFile',
	'readConfigFile',
	'parseJsonConfigFileContent',
	'getDefaultLibFilePath',
	'flattenDiagnosticMessageText',
] as const;

export function isClassic(value: unknown): value is ClassicTypeScript {
	return (
		isRecord(value) &&
		isRecord(value['sys']) &&
		isRecord(value['ScriptSnapshot']) &&
		FUNCTIONS.every((name) => typeof value[name] === 'function')
	);
}
