namespace Fer.Pipeline.AutoML;

/// <summary>
/// Marks an option that is itself a class of options, which a sweep searches under names such as <c>Outer.Inner</c>. It needs a
/// parameterless constructor and a value.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NestOptionAttribute : Attribute;
