/** The text for `--help`. */
export const usage: string = `Checks the gradients of ops.

Usage: gradcheck [options] [package, folder or module …]
       gradcheck merge [--format …] [--output DIR] report.json …

Without an argument: what gradcheck.config.{mjs,js,json} or the field "gradcheck" of package.json names, else the
entry point of the package in the working directory.

  --config FILE          configuration in place of the one in the package's folder
  --filter REGEXP        only ops whose name matches
  --op NAME              only this op; may be repeated
  --check ID,…           only these checks: vjp.value, args.intact, …
  --dtype NAME,…         float64, float32 (default: both)
  --order N              1, 2 or 3: up to which derivative (default: 2)
  --mode NAME,…          reference, fast, debug: what must agree with eval (default: reference,fast)
  --shard I/N            only the I-th of N parts

  --seed N               whole number, 0x…, or random (default: 0x5eed)
  --runs N               so many seeds, counting up (default: 1)
  --replay TOKEN         repeat one check, as a report prints it

  --budget MS            time for the differences at one sample; what does not fit is listed (default: no limit)
  --timeout MS           time for one op before it counts as hanging (default: 60000)
  --fast                 projections in place of whole Jacobians, order 1
  --thorough             whole Jacobians, finer resolution, 10 seeds
  --jobs N               threads (default: one for each processor)
  --mutate               mutation score: do the samples notice wrong rules?

  --format NAME,…        table, json, junit, github (default: table; on GitHub Actions also github)
  --output DIR           writes gradcheck.json and gradcheck.xml there instead of printing them
  --strict               what is inconclusive or uncovered fails
  --require-coverage P   at least P % of the ops must have samples
  --require-mutation P   mutation score of at least P %; implies --mutate
  --baseline FILE        no op may have fewer passing checks or a worse resolution than there
  --update-baseline      writes FILE instead
  --list                 print what would be checked
  -h, --help             print this text

Exit codes: 0 all pass, 1 an op fails, 2 wrong usage or configuration, 3 only inconclusive or uncovered (--strict,
--require-coverage), 4 nothing was checked, 5 time-out, crash or internal error, 130 interrupted.
`;
