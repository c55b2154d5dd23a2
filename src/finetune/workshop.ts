/** What of the room is read from disk when somebody first fine-tunes: its session, its adapters on disk and its faces. */

import * as path from 'node:path';
import { packsFolder } from '../inference/acceleration/packsFolder';
import type { ShelvedAdapter } from '../inference/models/treeRow';
import { AdapterCommands, tellRefused } from './adapters';
import type { ActiveAdapters } from './adapters/active';
import { inspecting, type RoleAdapters } from './adapters/byRole';
import type { AdapterRole, Choices } from './adapters/choices';
import { shelvedAdapter } from './adapters/describe';
import { roleOf } from './adapters/roleOf';
import { AdapterStore } from './adapters/store';
import { ForcedFiles } from './audit/forcedFiles';
import { AuditPage } from './auditPage';
import { FineTuneCommands } from './command';
import { AuditWorker } from './corpus/auditWorker';
import { drawInWorker } from './dataset/sampleWorker';
import { ExportCommand } from './exportCommand';
import { RunStore } from './job/runStore';
import type { TrainerLaunch } from './job/trainerProcess';
import { Judging } from './judge/judging';
import { FineTunePanel, type NamedAdapter } from './panel';
import { activation } from './panel/activation';
import { FineTuneSession } from './panel/session';
import { ALONE, reportContent } from './report/content';
import { Continuation } from './report/continuation';
import { markdownReport } from './report/markdown';
import { RecordStore } from './report/recordStore';
import { ReportPage } from './reportPage';
import type { FineTuneRoomOptions } from './room';

export interface Workshop {
	readonly session: FineTuneSession;
	readonly panel: FineTunePanel;
	/** The adapters on this machine, as the models view shows them. */
	readonly shelf: (signal: AbortSignal) => Promise<readonly ShelvedAdapter[]>;
	/** Alone, and as trained. */
	readonly use: (adapter: NamedAdapter) => Promise<void>;
	readonly turnOff: (adapter: NamedAdapter) => Promise<void>;
	/** An adapter has come into use, or is in use for another hour. */
	readonly lookAfter: () => Promise<void>;
	/** They were chosen earlier, and cannot be used now. */
	readonly tellRefused: (names: readonly string[], reason: string) => void;
	/** Whom the adapter in a file was trained for. */
	readonly roleOf: (file: string) => AdapterRole;
	dispose(): void;
}

/**
 * @param runs absolute path of the folder of all runs.
 * @param shelved absolute path of the folder of adapters.
 * @param onShelved called when others are there than before.
 */
export function openWorkshop(
	options: FineTuneRoomOptions,
	{
		active,
		byRole,
		runs,
		shelved,
		onShelved,
	}: {
		readonly active: RoleAdapters;
		readonly byRole: Readonly<
			Record<AdapterRole, { readonly active: ActiveAdapters; readonly choices: Choices }>
		>;
		readonly runs: string;
		readonly shelved: string;
		readonly onShelved: () => void;
	},
): Workshop {
	const { model, chatModel, cacheFolder, settings, translate, log } = options;
	// The file beside an adapter is read by anybody, anywhere.
	const dateOf = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
	const records = new RecordStore((record) =>
		markdownReport(reportContent(record, { ...ALONE, dateOf }, translate), translate),
	);
	const store = new AdapterStore(shelved, inspecting(model, chatModel), onShelved, records);
	const continuation = new Continuation();
	const activate = {
		completion: trained(model, byRole.completion, translate),
		chat: trained(chatModel, byRole.chat, translate),
	};
	const launch = (): TrainerLaunch => ({
		trainerFile: options.fileOf('trainer.mjs'),
		nodePath: settings().nodePath === '' ? undefined : settings().nodePath,
		packsFolder: packsFolder(options.storage),
		log,
	});
	const judging = new Judging({ ...options, translate });
	const session = new FineTuneSession({
		store: new RunStore(runs, log),
		workspace: options.workspace,
		launch,
		adapterFolder: store.folder,
		cacheFolder,
		pausesOnBattery: () => settings().fineTune.pauseOnBattery,
		measuresCurve: () => settings().fineTune.learningCurve,
		judging,
		activate: (file, ...how) => activate[roleOf(file)](file, ...how),
		takeStart: (basePath) => continuation.take(basePath),
		translate,
		log,
	});
	session.onDidEnd(onShelved);
	const choices = {
		drop: async (file: string) => {
			await byRole.completion.choices.drop(file);
			await byRole.chat.choices.drop(file);
		},
	};
	const judge: FineTuneSession['judgeOther'] = (file, basePath, role, ...how) => {
		// One of chat belongs to what chats, which may be another model.
		const { state } = role === 'chat' ? chatModel : model;
		return session.judgeOther(file, state.type === 'ready' ? state.model.path : basePath, role, ...how);
	};
	const adapters = new AdapterCommands({ model, store, active, choices, judge, launch, cacheFolder, log });
	const page = new ReportPage({
		extensionUri: options.extensionUri,
		folder: store.folder,
		records,
		model,
		active,
		continuation,
		acceptance: options.acceptance,
		gitPath: options.gitPath,
		use: (adapter) => adapters.use(adapter),
		turnOff: (adapter) => adapters.turnOff(adapter),
		canMeasure: (file) => session.canMeasureCurve(file),
		onRenamed: onShelved,
		memory: options.globalState,
		log,
	});
	session.onDidEnd(({ view }) => page.keep(view.id, session.state));
	session.onDidChange((state) => page.follow(state));
	const panel = new FineTunePanel({
		extensionUri: options.extensionUri,
		session,
		active,
		adapters,
		memory: options.globalState,
		log,
	});
	const sampler = options.fileOf('sampleWorker.js');
	const draw = drawInWorker(sampler, path.dirname(sampler));
	const audits = new AuditPage({
		extensionUri: options.extensionUri,
		worker: new AuditWorker(options.fileOf('corpusWorker.js'), (message) => log.warn(message)),
		cacheFile: path.join(cacheFolder, 'corpus.audit'),
		forced: new ForcedFiles(options.workspaceState),
		model,
		settings,
		log,
	});
	const commands = new FineTuneCommands({
		session,
		panel,
		model,
		...(options.wake === undefined ? {} : { wake: options.wake }),
		audits,
		draw,
		chat: {
			model: chatModel,
			teacher: options.teacher,
			system: options.chatSystem,
			script: options.fileOf('instructWorker.js'),
			grammars: options.fileOf(''),
		},
		log,
		settings,
	});
	const exports = new ExportCommand({
		base: () => commands.base(),
		audits,
		model,
		draw,
		...(options.wake === undefined ? {} : { wake: options.wake }),
		script: options.fileOf('scaleOutWorker.js'),
		storage: options.storage,
		cacheFolder,
		log,
		settings,
	});
	return {
		session,
		panel,
		shelf: async (signal) => {
			const stored = await store.list(signal);
			return stored.map((adapter) => shelvedAdapter(adapter, active.all, translate));
		},
		use: (adapter) => adapters.use(adapter),
		turnOff: (adapter) => adapters.turnOff(adapter),
		lookAfter: () => page.lookAfter(),
		tellRefused,
		roleOf,
		dispose: () => {
			for (const part of [adapters, panel, commands, audits, exports, page]) {
				part.dispose();
			}
		},
	};
}

/** What a run has brought comes into use, and the history says so. */
function trained(
	model: FineTuneRoomOptions['model'],
	{ active, choices }: { readonly active: ActiveAdapters; readonly choices: Choices },
	translate: FineTuneRoomOptions['translate'],
): ReturnType<typeof activation> {
	return activation({
		model,
		active: { use: (chosen) => active.use(chosen, 'trained') },
		choices: { set: (base, chosen) => choices.set(base, chosen, 'trained') },
		translate,
	});
}
