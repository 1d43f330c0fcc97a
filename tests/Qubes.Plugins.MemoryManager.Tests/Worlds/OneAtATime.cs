// Whether anything still happens is told by what the process's threads do (CloningKernel.SettleAsync).
[assembly: CollectionBehavior(DisableTestParallelization = true)]
