// Whether anything still happens is told by what the process's threads do (tests/KernelWorld/Quiet.cs).
[assembly: CollectionBehavior(DisableTestParallelization = true)]
