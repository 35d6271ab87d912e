import { createContext, createElement, useContext, type ReactNode } from 'react';
import type { Client } from '../client.js';

const ClientContext = createContext<Client | undefined>(undefined);

/** Gives the client to the hooks below it. */
export function SerendipProvider({ client, children }: { readonly client: Client; readonly children?: ReactNode }): ReactNode {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/** The client of the nearest provider. Throws without one. */
export function useSerendip(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error('There is no <SerendipProvider client={…}> around this component.');
  return client;
}
