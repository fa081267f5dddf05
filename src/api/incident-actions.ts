import type { Response } from 'express';
import { z } from 'zod';
import { isEnded, type Incident } from '../domain/alerting/incident.js';
import type { ApiDeps } from './deps.js';
import { iso } from './fields.js';
import { HttpError } from './http-error.js';
import { publicNote } from './incident-view.js';
import { incidentOf, publicIncidents } from './incidents.js';
import { jsonBody } from './json-body.js';
import { parse } from './parse.js';
import { asker, type Route } from './route.js';

const MAX_BODY_BYTES = 16 * 1024;

const VerdictBody = z
  .strictObject({
    isFalseAlarm: z.boolean(),
    reason: z.string().trim().min(1).max(500).optional().describe('what it was; a false alarm needs one'),
  })
  .refine(({ isFalseAlarm, reason }) => !isFalseAlarm || reason !== undefined, {
    error: 'say what it was, for example "a cat"',
    path: ['reason'],
  });
const NoteBody = z.strictObject({ text: z.string().trim().min(1).max(2000) });

/** What people do about an incident. Stores write the audit trail, in one with the change. */
export function incidentActionRoutes({ ports, now = Date.now }: ApiDeps): Route[] {
  const { incidents } = ports;
  const answer = async (res: Response, incident: Incident, more: object = {}): Promise<void> => {
    const [view] = await publicIncidents(ports, [incident]);
    res.json({ incident: view, ...more });
  };
  return [
    {
      method: 'post',
      path: '/api/v1/incidents/:number/acknowledge',
      role: 'operator',
      summary: 'take an incident on: nobody else is told. isNew: false, when somebody had before',
      handle: async (req, res) => {
        const { id, number } = await incidentOf(ports, req);
        const done = await incidents.acknowledge(id, asker(res).actor, now());
        if (!done) throw gone(number);
        if (!done.isNew && isEnded(done.incident.state)) throw endedBefore(done.incident);
        await answer(res, done.incident, { isNew: done.isNew });
      },
    },
    {
      method: 'post',
      path: '/api/v1/incidents/:number/resolve',
      role: 'operator',
      summary: 'end an incident',
      handle: async (req, res) => {
        const { id, number } = await incidentOf(ports, req);
        const done = await incidents.resolve(id, asker(res).actor, now());
        if (!done) throw gone(number);
        if (!done.isNew) throw endedBefore(done.incident);
        await answer(res, done.incident);
      },
    },
    {
      method: 'post',
      path: '/api/v1/incidents/:number/verdict',
      role: 'operator',
      summary: 'say whether it was a false alarm (which ends it) and why; also later, and again',
      body: VerdictBody,
      before: jsonBody('the verdict', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { isFalseAlarm, reason } = parse(VerdictBody, req.body);
        const { id, number } = await incidentOf(ports, req);
        const verdict = { isFalseAlarm, ...(reason !== undefined && { reason }) };
        const judged = await incidents.judge(id, { ...verdict, by: asker(res).actor, at: now() });
        if (!judged) throw gone(number);
        await answer(res, judged);
      },
    },
    {
      method: 'post',
      path: '/api/v1/incidents/:number/notes',
      role: 'operator',
      summary: 'write something down with an incident',
      body: NoteBody,
      status: 201,
      before: jsonBody('the note', MAX_BODY_BYTES),
      handle: async (req, res) => {
        const { text } = parse(NoteBody, req.body);
        const { id, number } = await incidentOf(ports, req);
        const note = await incidents.addNote(id, { text, by: asker(res).actor, at: now() });
        if (!note) throw gone(number);
        res.status(201).json(publicNote(note));
      },
    },
  ];
}

function gone(number: number): HttpError {
  return new HttpError(404, 'no-such-incident', `there is no incident #${number}`, 'number');
}

function endedBefore({ number, state, ended }: Incident): HttpError {
  const how = ended === undefined ? '' : ` by ${ended.by} at ${iso(ended.at)}`;
  return new HttpError(409, 'ended', `incident #${number} was ${state}${how}`, 'number');
}
