import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { callAws } from '../../functions/adapters/aws-call.ts';

export const access = {
  region: 'eu-central-1',
  accessKeyId: 'not-a-key',
  secretAccessKey: 'not-a-secret',
  sessionToken: null,
};

export interface Dynamo {
  readonly endpoint: string;
  /** Calls one operation of the protocol past the code under test. */
  readonly call: (operation: string, input: object) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** A server that speaks DynamoDB's protocol, with one table `records` as serverless.yml defines it. */
export async function startDynamo(): Promise<Dynamo> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const call = (operation: string, input: object) =>
    callAws(
      {
        service: 'dynamodb',
        endpoint,
        target: `DynamoDB_20120810.${operation}`,
        contentType: 'application/x-amz-json-1.0',
        body: JSON.stringify({ TableName: 'records', ...input }),
      },
      access,
      Date.now,
    );
  await call('CreateTable', {
    AttributeDefinitions: [{ AttributeName: 'key', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'key', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  for (;;) {
    const { Table: table } = (await call('DescribeTable', {})) as {
      readonly Table: { readonly TableStatus: string };
    };
    if (table.TableStatus === 'ACTIVE') break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    endpoint,
    call,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
