import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { callAws } from '../../functions/adapters/aws-call.ts';
import { access } from './dynamo.ts';

/** A message as ReceiveMessage gives it. */
interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: SQSRecord['attributes'];
  readonly MessageAttributes?: Readonly<
    Record<string, { readonly DataType: string; readonly StringValue: string }>
  >;
}

export interface JobQueues {
  readonly url: string;
  readonly deadUrl: string;
  /** Calls one operation of the protocol past the code under test. */
  readonly call: (url: string, operation: string, input?: object) => Promise<unknown>;
  readonly receive: (url: string, most?: number) => Promise<readonly Received[]>;
  /**
   * Does once what Lambda's event source mapping does: receives up to `most`, hands them over, and deletes all but those
   * that the answer names. Gives how many were received.
   */
  readonly pump: (
    handler: (event: SQSEvent) => Promise<SQSBatchResponse>,
    most?: number,
  ) => Promise<number>;
}

export interface QueueServer {
  /** Two new FIFO queues, related as serverless.yml relates them. */
  readonly jobQueues: (visibilitySeconds?: number) => JobQueues;
  readonly stop: () => Promise<void>;
}

/** A server that speaks the protocol of SQS. */
export async function startQueues(): Promise<QueueServer> {
  const server = await startFauxqs({
    port: 0,
    host: '127.0.0.1',
    logger: false,
    defaultRegion: access.region,
  });
  let made = 0;
  return {
    jobQueues: (visibilitySeconds = 360) => {
      made += 1;
      return makeQueues(server, made, visibilitySeconds);
    },
    stop: () => server.stop(),
  };
}

function makeQueues(server: FauxqsServer, number: number, visibilitySeconds: number): JobQueues {
  const dead = server.createQueue(`dead-${number}.fifo`, { attributes: { FifoQueue: 'true' } });
  const { queueName } = server.createQueue(`jobs-${number}.fifo`, {
    attributes: {
      FifoQueue: 'true',
      VisibilityTimeout: String(visibilitySeconds),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: 3 }),
    },
  });
  const urlOf = (name: string) => `http://127.0.0.1:${server.port}/000000000000/${name}`;
  const url = urlOf(queueName);
  const call: JobQueues['call'] = (queue, operation, input = {}) =>
    callAws(
      {
        service: 'sqs',
        endpoint: new URL('/', queue).href,
        target: `AmazonSQS.${operation}`,
        contentType: 'application/x-amz-json-1.0',
        body: JSON.stringify({ QueueUrl: queue, ...input }),
      },
      access,
      Date.now,
    );
  const receive: JobQueues['receive'] = async (queue, most = 10) => {
    const answer = await call(queue, 'ReceiveMessage', {
      MaxNumberOfMessages: most,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    return (answer as { readonly Messages?: readonly Received[] }).Messages ?? [];
  };
  return {
    url,
    deadUrl: urlOf(dead.queueName),
    call,
    receive,
    pump: async (handler, most = 10) => {
      const received = await receive(url, most);
      const { batchItemFailures } = await handler({ Records: received.map(recordOf) });
      const kept = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const message of received) {
        if (kept.has(message.MessageId)) continue;
        await call(url, 'DeleteMessage', { ReceiptHandle: message.ReceiptHandle });
      }
      return received.length;
    },
  };
}

/** The shape in which Lambda hands a message on (AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
function recordOf(message: Received): SQSRecord {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    md5OfBody: message.MD5OfBody,
    attributes: message.Attributes,
    messageAttributes: {},
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${access.region}:000000000000:jobs.fifo`,
    awsRegion: access.region,
  };
}
