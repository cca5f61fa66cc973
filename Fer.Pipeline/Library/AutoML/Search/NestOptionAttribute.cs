namespace Fer.Pipeline.AutoML;

/// <summary>
/// Marks an option that is itself a class of options, which a sweep searches under <c>Outer.Inner</c> names. It needs a parameterless
/// constructor and a value.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NestOptionAttribute : Attribute;
