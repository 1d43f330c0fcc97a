// Some tests measure the process's memory, and several keep a processor busy.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
