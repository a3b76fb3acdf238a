import { writeFileSync } from 'node:fs';
import { exampleEnvironment } from '../src/config.ts';

writeFileSync('.env.example', exampleEnvironment());
