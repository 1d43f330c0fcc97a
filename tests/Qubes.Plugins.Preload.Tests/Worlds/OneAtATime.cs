// Whether anything still happens is told by what the process's threads do (PreloadKernel.SettleAsync).
[assembly: CollectionBehavior(DisableTestParallelization = true)]
