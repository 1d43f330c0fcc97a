// Whether anything still happens is told by what the process's threads do (MemoryKernel.SettleAsync).
[assembly: CollectionBehavior(DisableTestParallelization = true)]
