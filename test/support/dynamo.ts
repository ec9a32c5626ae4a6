import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { callAws } from '../../functions/adapters/aws-call.ts';
import type { AwsAccess } from '../../functions/adapters/settings.ts';

/** Access that opens nothing; servers for tests do not look at it. */
export const access: AwsAccess = {
  region: 'eu-central-1',
  accessKeyId: 'not-a-key',
  secretAccessKey: 'not-a-secret',
  sessionToken: null,
  dynamoEndpoint: 'http://127.0.0.1:9/',
};

export interface Dynamo {
  readonly access: AwsAccess;
  /** Calls one operation of the protocol past the code under test. */
  readonly call: (operation: string, input: object) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** A server that speaks DynamoDB's protocol, with one table `records` as serverless.yml defines it. */
export async function startDynamo(): Promise<Dynamo> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dynamoEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const here: AwsAccess = { ...access, dynamoEndpoint };
  const call = (operation: string, input: object) =>
    callAws(
      {
        service: 'dynamodb',
        endpoint: here.dynamoEndpoint,
        target: `DynamoDB_20120810.${operation}`,
        contentType: 'application/x-amz-json-1.0',
        body: JSON.stringify({ TableName: 'records', ...input }),
      },
      here,
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
    access: here,
    call,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
